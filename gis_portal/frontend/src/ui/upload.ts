// Sends the form in the background, so that a large file shows how far it is and can be stopped. The
// chosen file stays chosen when something else is wrong. Without this script the form is an ordinary one.

interface Answer {
  location?: string;
  errors?: Record<string, string[]>;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing`);
  return element;
}

export function startUpload(form: HTMLFormElement): void {
  const box = byId("sending");
  const bar = byId("sending-bar") as HTMLProgressElement;
  const words = byId("sending-words");
  let request: XMLHttpRequest | null = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (request) return;
    clear(form);
    const file = form.querySelector<HTMLInputElement>('input[type="file"]')?.files?.[0];
    if (file && file.size > Number(form.dataset["most"])) {
      show(form, { file: [form.dataset["tooLarge"] ?? ""] });
      return;
    }
    const data = new FormData(form, (event as SubmitEvent).submitter);
    request = send(form, data, (share, speed) => {
      bar.value = share;
      const text = share < 100 ? form.dataset["sending"] : form.dataset["sent"];
      // Spoken at most every tenth, not with every packet.
      const said = (text ?? "").replace("{share}", String(share - (share % 10)));
      const next = said.replace("{speed}", speed);
      if (words.dataset["share"] !== String(share - (share % 10))) words.textContent = next;
      words.dataset["share"] = String(share - (share % 10));
    });
    box.hidden = false;
    buttons(form, true);
    request.addEventListener("loadend", () => {
      const answer = read(request);
      request = null;
      if (answer.location) {
        location.assign(answer.location);
        return;
      }
      box.hidden = true;
      buttons(form, false);
      show(form, answer.errors ?? { __all__: [form.dataset["broken"] ?? ""] });
    });
  });
  byId("sending-stop").addEventListener("click", () => request?.abort());
}

function send(
  form: HTMLFormElement,
  data: FormData,
  progress: (share: number, speed: string) => void,
): XMLHttpRequest {
  const request = new XMLHttpRequest();
  const began = performance.now();
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "portal");
  request.upload.addEventListener("progress", (event) => {
    const seconds = Math.max(0.1, (performance.now() - began) / 1000);
    const speed = (event.loaded / 2 ** 20 / seconds).toFixed(1);
    const shown = document.documentElement.lang === "vi" ? speed.replace(".", ",") : speed;
    progress(Math.floor((100 * event.loaded) / event.total), shown);
  });
  request.send(data);
  return request;
}

function read(request: XMLHttpRequest | null): Answer {
  try {
    return JSON.parse(request?.responseText ?? "") as Answer;
  } catch {
    return {};
  }
}

function buttons(form: HTMLFormElement, off: boolean): void {
  for (const button of form.querySelectorAll<HTMLButtonElement>('button[name="mode"]')) {
    button.disabled = off;
  }
}

function clear(form: HTMLFormElement): void {
  byId("form-errors").hidden = true;
  for (const field of form.querySelectorAll(".field-bad")) field.classList.remove("field-bad");
  for (const error of form.querySelectorAll(".field-error")) error.textContent = "";
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

function show(form: HTMLFormElement, errors: Record<string, string[]>): void {
  let first: HTMLElement | null = null;
  for (const [name, [message]] of Object.entries(errors)) {
    const field = form.querySelector(`[data-field="${name}"]`);
    const place = field?.querySelector(".field-error");
    const input = field?.querySelector<HTMLElement>("input, select, textarea");
    if (!field || !place || !input) {
      const whole = byId("form-errors");
      whole.hidden = false;
      const words = whole.querySelector("p");
      if (words) words.textContent = message ?? "";
      first ??= whole;
      continue;
    }
    field.classList.add("field-bad");
    place.textContent = message ?? "";
    input.setAttribute("aria-invalid", "true");
    const told = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    input.setAttribute("aria-describedby", [...told.add(`error-${name}`)].join(" "));
    field.closest("details")?.setAttribute("open", "");
    first ??= input;
  }
  first?.focus();
}
