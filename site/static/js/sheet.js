// Sheets over the page: a quotation, the keys. They are popovers and no modal dialogs, because a modal one makes all the rest
// of the page inert, which takes a third of a second where the page is a transcript of three hours.

export const sheetIsOpen = () => document.querySelector(".sheet:popover-open") !== null;

/** Opens a sheet and moves the focus into it; Escape, a press beside it and its button close it, and the focus returns. */
export function showSheet(sheet) {
  if (!sheet.matches(":popover-open")) sheet.showPopover();
  sheet.querySelector("[data-do=close]").focus();
}
