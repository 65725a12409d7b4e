// Builds the portal's scripts and styles into static/gis_portal/dist, where django-vite finds the manifest.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const output = fileURLToPath(new URL("../static/gis_portal/dist", import.meta.url));

export default defineConfig({
  base: "/static/gis_portal/dist/",
  root: fileURLToPath(new URL(".", import.meta.url)),
  build: {
    outDir: output,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // A data: font would break the policy font-src 'self', so nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      input: {
        map: source("entries/map.ts"),
        page: source("entries/page.ts"),
        auctions: source("entries/auctions.ts"),
        steward: source("entries/steward.ts"),
        report: source("entries/report.ts"),
        accounts: source("entries/accounts.ts"),
        embed: source("entries/embed.ts"),
        desk: source("entries/desk.ts"),
        planner: source("entries/planner.ts"),
        officer: source("entries/officer.ts"),
        "officer-worker": source("entries/officer-worker.ts"),
      },
    },
  },
  worker: { format: "es" },
  test: { include: ["tests/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
