// Passkeys: the browser asks for a finger, a face or a PIN; its answer goes into the form, which is then sent.
import "../styles/accounts.css";
import { startPasskeys } from "../accounts/passkeys";

startPasskeys(document);
