// The server is heard: who uses the device is kept for when there is no network.
import { hearServer } from "../lock/watch";
import * as vault from "../store/vault";
import type { Me } from "./api";

export async function hear(): Promise<Me> {
  const answer = await hearServer();
  await vault.setMeta("me", answer);
  return answer;
}
