import { isRecord, type Json } from './json.ts'

/**
 * Schemas of Swagger 2 and OpenAPI 3.0 in the words of JSON Schema 2020-12, which OpenAPI 3.1 speaks already: `nullable`,
 * `exclusiveMinimum: true`, `type: file`, and a property's own `required: true`, which means nothing.
 */
export function inJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(inJsonSchema)
  if (!isRecord(value)) return value
  const { nullable, exclusiveMinimum, exclusiveMaximum, required, type, ...rest } = value
  const plain = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, inJsonSchema(each)]))
  if (typeof type === 'string' && type !== 'file') plain['type'] = nullable === true ? [type, 'null'] : type
  else if (type !== undefined && type !== 'file') plain['type'] = inJsonSchema(type)
  if (nullable === true && Array.isArray(plain['enum'])) plain['enum'] = [...plain['enum'], null]
  if (required !== undefined && (Array.isArray(required) || 'in' in value || isRecord(required)))
    plain['required'] = inJsonSchema(required)
  bound('minimum', 'exclusiveMinimum', exclusiveMinimum)
  bound('maximum', 'exclusiveMaximum', exclusiveMaximum)
  return plain

  function bound(inclusive: string, exclusive: string, said: Json | undefined): void {
    if (typeof said === 'number') plain[exclusive] = said
    if (said !== true || plain[inclusive] === undefined) return
    plain[exclusive] = plain[inclusive] ?? null
    delete plain[inclusive]
  }
}
