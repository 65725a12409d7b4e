// The list of lots and a lot's page: pages that are read, with deadlines that count down.
import "./page";
import "../styles/auctions.css";
import { startCountdowns } from "../auctions/countdown";
import { share } from "../ui/share";

startCountdowns();
document.addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest<HTMLElement>("[data-share-page]");
  if (button) void share(location.href, document.title, document.body.dataset["copied"] ?? "");
});
