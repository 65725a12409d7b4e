// Writes .br and .gz beside every text file of the build: WhiteNoise and nginx serve them as they are,
// so that nobody compresses a megabyte of map library for each visitor.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|svg|json)$/;
const SMALLEST_WORTH_IT = 1024;

export function compressed(folder: string): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!TEXT.test(entry)) continue;
        const content = readFileSync(join(folder, entry));
        if (content.length < SMALLEST_WORTH_IT) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 10 };
        writeFileSync(join(folder, `${entry}.br`), brotliCompressSync(content, { params }));
        writeFileSync(join(folder, `${entry}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}
