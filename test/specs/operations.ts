import { isRecord, type Json, type JsonRecord, member } from './json.ts'

/** One operation of a vendor's description. Schemas are given as they stand in it, references included. */
export interface Operation {
  /** `GET /reservations/{uuid}` */
  readonly name: string
  readonly method: string
  readonly path: RegExp
  readonly query: readonly Parameter[]
  readonly headers: readonly Parameter[]
  readonly body?: Body
  /** By status: `200`, `4XX`, `default`. */
  readonly answers: ReadonlyMap<string, Json | undefined>
}

export interface Parameter {
  readonly name: string
  readonly required: boolean
  readonly schema: Json
}

export interface Body {
  readonly required: boolean
  readonly json?: Json
}

const methods = ['get', 'put', 'post', 'delete', 'patch']

export function operationsOf(document: JsonRecord): readonly Operation[] {
  const paths = member(document, document['paths'])
  return Object.entries(paths).flatMap(([template, item]) => {
    const shared = member(document, item)
    return methods.flatMap((method) => {
      const found = shared[method]
      return isRecord(found) ? [operationOf(document, template, shared, method, found)] : []
    })
  })
}

function operationOf(
  document: JsonRecord,
  template: string,
  shared: JsonRecord,
  method: string,
  found: JsonRecord,
): Operation {
  const parameters = [...listOf(shared['parameters']), ...listOf(found['parameters'])].map((each) =>
    member(document, each),
  )
  const body = bodyOf(document, found, parameters)
  return {
    name: `${method.toUpperCase()} ${template}`,
    method: method.toUpperCase(),
    path: new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    query: named(parameters, 'query'),
    headers: named(parameters, 'header'),
    ...(body === undefined ? {} : { body }),
    answers: new Map(
      Object.entries(member(document, found['responses'])).map(([status, each]) => [
        status,
        schemaIn(document, member(document, each)),
      ]),
    ),
  }
}

function named(parameters: readonly JsonRecord[], place: string): readonly Parameter[] {
  return parameters.flatMap((each) => {
    const { name, required, type = 'string', items } = each
    if (each['in'] !== place || typeof name !== 'string') return []
    // Swagger 2 writes the schema's words into the parameter itself.
    const schema = each['schema'] ?? { type, ...(items === undefined ? {} : { items }) }
    return [{ name, required: required === true, schema }]
  })
}

function bodyOf(document: JsonRecord, found: JsonRecord, parameters: readonly JsonRecord[]): Body | undefined {
  const inBody = parameters.find((each) => each['in'] === 'body') // Swagger 2
  const request = inBody ?? (found['requestBody'] === undefined ? undefined : member(document, found['requestBody']))
  if (request === undefined) return undefined
  const json = schemaIn(document, request)
  return { required: request['required'] === true, ...(json === undefined ? {} : { json }) }
}

/** The schema of the JSON in a request or an answer. */
function schemaIn(document: JsonRecord, holder: JsonRecord): Json | undefined {
  if (holder['schema'] !== undefined) return holder['schema'] // Swagger 2
  const content = member(document, holder['content'])
  const json = Object.entries(content).find(([type]) => /\bjson\b/.test(type))
  return json === undefined ? undefined : member(document, json[1])['schema']
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}
