/** Hands a file to the person: a download in a browser, the system's save dialog in the desktop app. */
export function saveFile(name: string, parts: readonly BlobPart[], type: string): void {
  const address = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has taken up the blob before the next minute; sooner it may still be asking where to go.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A person's words as the name of a file: what some system would not take becomes a hyphen. */
export function fileNameOf(words: string): string {
  return (
    words
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-+|-+$/g, '')
      .toLowerCase() || 'file'
  );
}
