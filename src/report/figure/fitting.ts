/** Width of a letter of 11 pixels, on the average and with some reserve. */
export const LETTER = 6.1;
/** Width of a digit of 11 pixels in the widest of the fonts; no letter of a number is wider. */
export const DIGIT = 7;

/** A text that fits into so many pixels, its end cut off where it must be. */
export function fitting(content: string, width: number, letter = LETTER): string {
  const most = Math.max(1, Math.floor(width / letter));
  return content.length <= most ? content : `${content.slice(0, most - 1)}…`;
}

/** Words in lines of at most so many letters. */
export function wrapped(content: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of content.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
