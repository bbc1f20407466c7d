// The verify page. A file that is dropped on the form is handed in at once. Where the browser can read QR codes itself, it offers to scan one;
// the picture never leaves the device. Without script the file field and the text field do the same.

const form = document.querySelector("form.verify");
const file = form.querySelector("input[type=file]");
const text = form.querySelector("textarea");

const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

form.addEventListener("dragover", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  form.dataset.over = "true";
});

form.addEventListener("dragleave", () => delete form.dataset.over);

form.addEventListener("drop", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  delete form.dataset.over;
  file.files = event.dataTransfer.files;
  form.requestSubmit();
});

const canScan = async () => {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats()) ?? [];
  return formats.includes("qr_code") && Boolean(navigator.mediaDevices?.getUserMedia);
};

const scan = async (panel, button) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = panel.querySelector("video");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  video.srcObject = stream;
  panel.hidden = false;
  button.hidden = true;
  await video.play();
  const look = async () => {
    const [code] = await detector.detect(video);
    if (!code) return void setTimeout(look, 200);
    stream.getTracks().forEach((track) => track.stop());
    text.value = code.rawValue;
    form.requestSubmit();
  };
  look();
};

const button = form.querySelector("[data-scan-button]");
if (await canScan()) {
  button.hidden = false;
  button.addEventListener("click", () => scan(form.querySelector("[data-scan]"), button).catch(() => text.focus()));
}
