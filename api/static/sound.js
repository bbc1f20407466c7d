// The candidate's microphone: opened here, and only where the exam listens for voices; encoded and sent by camera_worker.js. What is decided
// about blocks of samples is decided in sound_state.js.

import { problemOf } from "./check_state.js";
import { encoderConfig, isSilent, microphone } from "./sound_state.js";

// A voice that the page itself plays must not be heard as somebody's, as far as the browser can take it out.
const WANTED = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: false };
const RETRY_MS = 5000;
const LOOK_MS = 1000;

/** Tell whether this browser can send sound at all. */
export async function canSendSound() {
  try {
    return (await AudioEncoder.isConfigSupported(encoderConfig(48000))).supported && typeof AudioWorkletNode === "function";
  } catch {
    return false;
  }
}

/**
 * Open the microphone and go on opening it. `onBlock(samples, rate)` has 60 ms, with `null` for samples that are not to be listened to;
 * `onState` is told "starting", "live", "muted", "denied", "absent", "in_use" or "unsupported". Answers {stop()}.
 */
export async function openMicrophone({ onBlock, onState }) {
  let open = null;
  let stopped = false;
  let heardAt = null;
  let since = Date.now();

  function take(samples, rate) {
    const heard = !isSilent(samples) && !pageSpeaks();
    if (heard) heardAt = Date.now();
    onBlock(heard ? samples : null, rate);
  }

  async function again() {
    if (stopped) return;
    try {
      open = await listenTo(await navigator.mediaDevices.getUserMedia({ audio: WANTED }), take);
    } catch (error) {
      onState(problemOf(error.name));
      setTimeout(again, RETRY_MS);
      return;
    }
    if (stopped) open.close();
    since = Date.now();
    open.track.onended = () => {
      open.close();
      open = null;
      onState("absent");
      setTimeout(again, RETRY_MS);
    };
  }

  if (!(await canSendSound())) {
    onState("unsupported");
    return { stop() {} };
  }
  const look = setInterval(() => open && onState(microphone(Date.now(), since, heardAt)), LOOK_MS);
  await again();
  return {
    stop() {
      stopped = true;
      clearInterval(look);
      open?.close();
    },
  };
}

// While the page reads aloud or plays a film of a question, what is heard is the page.
function pageSpeaks() {
  const plays = (one) => !one.paused && !one.muted && one.volume > 0;
  return globalThis.speechSynthesis?.speaking === true || [...document.querySelectorAll("audio, video")].some(plays);
}

async function listenTo(stream, take) {
  const [track] = stream.getAudioTracks();
  const context = new AudioContext();
  const wake = () => context.resume(); // a browser may want a hand on the page first
  const close = () => {
    for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, wake);
    track.stop();
    context.close().catch(() => {});
  };
  try {
    await context.audioWorklet.addModule(new URL("./sound_worklet.js", import.meta.url));
    const blocks = new AudioWorkletNode(context, "blocks", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    blocks.port.onmessage = ({ data }) => take(data, context.sampleRate);
    context.createMediaStreamSource(stream).connect(blocks);
  } catch (error) {
    close();
    throw error;
  }
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake);
  return { track, close };
}
