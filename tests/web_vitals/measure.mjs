// Lighthouse on one page as a cheap phone on slow 4G opens it: `node measure.mjs CHROMIUM URL RUNS`
// prints a JSON list, a run each, the browser started anew for every run.

import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const [chromium, url, runs] = process.argv.slice(2);
// Lighthouse's own "slow 4G": 1.6 Mbit/s, 150 ms there and back, a processor of a quarter.
const throttling = { rttMs: 150, throughputKbps: 1.6 * 1024, cpuSlowdownMultiplier: 4 };
const screenEmulation = { mobile: true, width: 360, height: 740, deviceScaleFactor: 2, disabled: false };
const timings = {
  first_paint_ms: 'first-contentful-paint',
  largest_paint_ms: 'largest-contentful-paint',
  blocking_ms: 'total-blocking-time',
  shift: 'cumulative-layout-shift',
};

async function run() {
  const chrome = await launch({
    chromePath: chromium,
    chromeFlags: ['--headless=new', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  try {
    const found = await lighthouse(
      url,
      { port: chrome.port, output: 'json', logLevel: 'error' },
      {
        extends: 'lighthouse:default',
        settings: {
          formFactor: 'mobile',
          throttlingMethod: 'simulate',
          throttling,
          screenEmulation,
          onlyAudits: [...Object.values(timings), 'network-requests'],
        },
      },
    );
    const { audits, runtimeError, lighthouseVersion } = found.lhr;
    if (runtimeError) throw new Error(`${runtimeError.code}: ${runtimeError.message}`);
    const requests = audits['network-requests'].details.items;
    return {
      ...Object.fromEntries(Object.entries(timings).map(([name, id]) => [name, audits[id].numericValue])),
      version: lighthouseVersion,
      requests: requests.map((each) => ({ url: each.url, bytes: each.transferSize, status: each.statusCode })),
    };
  } finally {
    chrome.kill();
  }
}

const results = [];
for (let turn = 0; turn < Number(runs); turn += 1) results.push(await run());
console.log(JSON.stringify(results));
