// The officer's handbook: an app that lives on the phone. Everything of it is in src/officer/.
import "../styles/base.css";
import "../styles/components.css";
import "../styles/forms.css";
import "../styles/officer.css";
import "../styles/officer-field.css";
import { start } from "../officer/shell/app";

void start();
