// Photos are made small on the phone: a citizen's data costs money, and where a photo was taken stays with them.
const LONGEST_SIDE = 1600;
const QUALITY = 0.82;
const MOST = 3;

export interface Said {
  shrinking: string;
  shrunk: string;
  tooMany: string;
}

/** Replaces the chosen files by small ones; `busy` brackets the work. A photo that cannot be read stays as it is. */
export function shrinkChosen(input: HTMLInputElement, said: Said, say: (words: string) => void, busy: (is: boolean) => void): void {
  input.addEventListener("change", () => {
    const chosen = [...(input.files ?? [])];
    if (!chosen.length) {
      say("");
      return;
    }
    busy(true);
    say(said.shrinking);
    void Promise.all(chosen.slice(0, MOST).map(shrunk))
      .then((files) => {
        const kept = new DataTransfer();
        for (const file of files) kept.items.add(file);
        input.files = kept.files;
        const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 2 ** 20;
        const size = megabytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
        const words = said.shrunk.replace("{n}", String(files.length)).replace("{size}", size);
        say(chosen.length > MOST ? `${words} ${said.tooMany}` : words);
      })
      .finally(() => busy(false));
  });
}

async function shrunk(file: File): Promise<File> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const pen = canvas.getContext("2d");
    if (!pen) return file;
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return made ? new File([made], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch {
    // Not a picture that this browser reads: the server says what it is.
    return file;
  }
}
