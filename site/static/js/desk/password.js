// A box that shows what is typed into the fields for passwords: long ones are hard to type blind on a phone.
import { _ } from "../gettext.js";

for (const form of document.forms) {
  const fields = [...form.querySelectorAll("input[type=password]")];
  if (!fields.length) continue;
  const box = document.createElement("input");
  box.type = "checkbox";
  const label = document.createElement("label");
  label.className = "tick";
  const words = document.createElement("span");
  words.textContent = _("Show what is typed");
  label.append(box, words);
  fields.at(-1).closest(".field-row").after(label);
  const show = (shown) => fields.forEach((field) => { field.type = shown ? "text" : "password"; });
  box.addEventListener("change", () => show(box.checked));
  form.addEventListener("submit", () => show(false)); // so that the browser offers to keep it, and no history does
}
