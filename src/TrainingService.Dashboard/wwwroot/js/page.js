// Keeps a scrolled box at its end, unless somebody has scrolled up to read.
export function stickToEnd(box) {
  const isAtEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  let follows = true;
  box.addEventListener("scroll", () => { follows = isAtEnd(); }, { passive: true });
  const observer = new MutationObserver(() => { if (follows) box.scrollTop = box.scrollHeight; });
  observer.observe(box, { childList: true, subtree: true });
  box.scrollTop = box.scrollHeight;
  return { dispose: () => observer.disconnect() };
}

// Shows a line of the editor, selected.
export function selectLine(root, line) {
  const editor = root.querySelector("textarea");
  const lines = editor.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  editor.focus();
  editor.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  const lineHeight = parseFloat(getComputedStyle(editor).lineHeight);
  editor.scrollTop = Math.max(0, (line - 1) * lineHeight - editor.clientHeight / 2);
}
