/** Our language (two letters) and Meta's code for the templates in it. */
export interface TemplateLanguage {
  readonly ours: string
  readonly theirs: string
}

/**
 * `en, fr, pt=pt_BR` as pairs. There is no fallback at Meta from `fr_FR` to `fr`, so the codes are the operator's
 * (docs/vendors/whatsapp.md, templates). `undefined` when it cannot be read.
 */
export function languagesIn(text: string): readonly TemplateLanguage[] | undefined {
  const parts = text
    .split(',')
    .map((part) => /^\s*([a-z]{2})(?:\s*=\s*([a-z]{2,3}(?:_[A-Za-z]{2,4})?))?\s*$/.exec(part))
  const languages = parts.flatMap((part) => (part?.[1] ? [{ ours: part[1], theirs: part[2] ?? part[1] }] : []))
  return languages.length === parts.length ? languages : undefined
}

/** Codes to try for a guest's language, the best first. */
export function codesFor(text: string, language: string): readonly string[] {
  const languages = languagesIn(text) ?? []
  const wanted = languages.find(({ ours }) => ours === language.slice(0, 2))
  return [...new Set([wanted, languages[0]].flatMap((one) => one?.theirs ?? []))]
}

/** Webhooks and lists may write `en-US` for `en_US`. */
export const sameCode = (a: string, b: string): boolean =>
  a.replace('-', '_').toLowerCase() === b.replace('-', '_').toLowerCase()
