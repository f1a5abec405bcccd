export type Json = null | boolean | number | string | readonly Json[] | JsonRecord
export interface JsonRecord {
  [key: string]: Json
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What `#/a/b~1c` points at in a document; `null` where there is nothing. */
export function resolve(document: JsonRecord, pointer: string): Json {
  let at: Json = document
  for (const step of pointer.replace(/^#\/?/, '').split('/')) {
    if (step === '') continue
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    const next: Json | undefined = isRecord(at) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined
    if (next === undefined) return null
    at = next
  }
  return at
}

/** A member that may itself be a reference. */
export function member(document: JsonRecord, value: Json | undefined): JsonRecord {
  if (!isRecord(value)) return {}
  return typeof value['$ref'] === 'string' ? member(document, resolve(document, value['$ref'])) : value
}
