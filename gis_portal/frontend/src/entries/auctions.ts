// The list of lots and a lot's page: pages that are read, with deadlines that count down.
import "./page";
import "../styles/auctions.css";
import { startCountdowns } from "../auctions/countdown";
import { share } from "../ui/share";

/** Who gets a link of an English page reads English; Vietnamese needs no word for it. */
function inThisLanguage(): string {
  const { lang } = document.documentElement;
  const address = new URL(location.href);
  if (lang === "vi") address.searchParams.delete("lang");
  else address.searchParams.set("lang", lang);
  return address.href;
}

startCountdowns();
document.addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest<HTMLElement>("[data-share-page]");
  if (button) void share(inThisLanguage(), document.title, document.body.dataset["copied"] ?? "");
});
