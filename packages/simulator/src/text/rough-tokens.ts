/** Four letters a token, one for each character of other scripts. */
export function roughTokens(text: string): number {
  let others = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f && !(unit >= 0xdc00 && unit <= 0xdfff)) others += 1;
  }
  return Math.ceil((text.length - others) / 4) + others;
}
