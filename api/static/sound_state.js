// The microphone as data: blocks of samples in, messages of packets out; no microphone, no encoder, no clock. Of the sound itself nothing is kept.
// The message is proctoring/packets.py's; driven by sound.js (the microphone) and camera_worker.js (encoder and socket).

export const SOUND = 2;
export const BLOCK_MS = 60;
export const MESSAGE_MS = 960;
export const LEAST_FPS = 0.5; // asked for fewer pictures than this a second, the machine is in great need: no sound is sent
const MUTED_MS = 3000;
const KBITS = 8000;

// What the encoder is asked for: narrow enough for a poor line, and a voice is still heard as one (docs/adr/0033-what-is-heard.md).
export function encoderConfig(sampleRate) {
  const opus = { application: "voip", signal: "voice", frameDuration: BLOCK_MS * 1000 };
  return { codec: "opus", sampleRate, numberOfChannels: 1, bitrate: KBITS, opus };
}

// Tell whether a block holds anything: a room is never without any noise, only a muted microphone is.
export function isSilent(samples) {
  return samples.every((sample) => sample === 0);
}

// Packets on their way into a message: add one that lasts `ms` (an empty one was not listened to); answers [what waits now, a full message or null].
export const NOTHING = { packets: [], ms: 0 };

export function gather(waiting, packet, ms) {
  const full = waiting.ms + ms > MESSAGE_MS;
  const before = full ? NOTHING : waiting;
  return [{ packets: [...before.packets, packet], ms: before.ms + ms }, full ? joined(waiting.packets) : null];
}

// Each packet after its length in two bytes.
export function joined(packets) {
  const message = new Uint8Array(packets.reduce((sum, one) => sum + 2 + one.length, 0));
  const view = new DataView(message.buffer);
  let at = 0;
  for (const packet of packets) {
    view.setUint16(at, packet.length);
    message.set(packet, at + 2);
    at += 2 + packet.length;
  }
  return message;
}

// How the microphone stands, from when a block last held anything: "live" or "muted"; "starting" until the first of either is certain.
export function microphone(now, since, heardAt) {
  if (heardAt !== null && now - heardAt < MUTED_MS) return "live";
  return now - since < MUTED_MS ? "starting" : "muted";
}

// What the candidate is told: what is wrong here, else what the server says of it.
export function told(here, server) {
  if (here !== "live") return here;
  return { heard: "heard", not_heard: "not_heard" }[server] ?? "starting";
}
