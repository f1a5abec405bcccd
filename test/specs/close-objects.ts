import { isRecord, type Json, type JsonRecord, resolve } from './json.ts'

/** The document with every schema closed: those in place where they stand, shared ones where they are used. */
export function closeObjects(document: JsonRecord): JsonRecord {
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk)
    if (!isRecord(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        if (key === 'schema') return [key, closed(each, document)]
        if ((key === 'schemas' || key === 'definitions') && isRecord(each)) return [key, closedInside(each, document)]
        return [key, walk(each)]
      }),
    )
  }
  return walk(document) as JsonRecord // an object stays one
}

function closedInside(schemas: JsonRecord, document: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closed(schema, document, true)]))
}

/**
 * A schema that refuses what it does not name. Vendors' descriptions leave every object open, so that a misspelt field of a
 * fake would pass. Closed where a schema is used and not where it is defined, because the same definition may be one part of
 * an `allOf`; the words of JSON Schema 2020-12 for that are `unevaluatedProperties`.
 */
function closed(schema: Json, document: JsonRecord, part = false): Json {
  if (!isRecord(schema)) return schema
  const copy: JsonRecord = {}
  for (const [key, value] of Object.entries(schema)) copy[key] = closedKeyword(key, value, document)
  return part || !namesProperties(schema, document) ? copy : { ...copy, unevaluatedProperties: false }
}

function closedKeyword(key: string, value: Json, document: JsonRecord): Json {
  if (key === 'properties' && isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each, document)]))
  if (key === 'items' || key === 'additionalProperties') return closed(value, document)
  if ((key === 'allOf' || key === 'anyOf' || key === 'oneOf') && Array.isArray(value))
    return value.map((each) => closed(each, document, true))
  return value
}

/** Whether a schema says anything of an object's properties; `{ type: 'object' }` alone allows them all. */
function namesProperties(schema: Json, document: JsonRecord, seen = new Set<Json>()): boolean {
  if (!isRecord(schema) || seen.has(schema)) return false
  seen.add(schema)
  if (schema['additionalProperties'] !== undefined) return false
  const { $ref, properties } = schema
  if (isRecord(properties) && Object.keys(properties).length > 0) return true
  if (typeof $ref === 'string') return namesProperties(resolve(document, $ref), document, seen)
  return ['allOf', 'anyOf', 'oneOf'].some((key) => {
    const parts = schema[key]
    return Array.isArray(parts) && parts.some((each) => namesProperties(each, document, seen))
  })
}
