import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { closeObjects } from './close-objects.ts'
import { inJsonSchema } from './dialect.ts'
import type { Json, JsonRecord } from './json.ts'
import { type Operation, operationsOf } from './operations.ts'

/** A vendor's OpenAPI file, ready to be compared with. */
export interface Description {
  /** What comes before an operation's path in an address: `/v2`. */
  readonly basePath: string
  readonly operations: readonly Operation[]
  readonly webhooks: ReadonlyMap<string, Json>
  readonly check: {
    // What a value breaks of a schema: `/data/*/guest must be string`; the path is empty for the whole.
    json(schema: Json, value: unknown): readonly string[]
    /** The same for what stands in a query, where everything is text. */
    text(schema: Json, values: readonly string[]): readonly string[]
  }
}

export function readDescription(file: string, basePath: string): Description {
  const text = readFileSync(file, 'utf8')
  return describe((file.endsWith('.json') ? JSON.parse(text) : parse(text)) as JsonRecord, basePath)
}

export function describe(raw: JsonRecord, basePath: string): Description {
  const document = closeObjects(inJsonSchema(raw) as JsonRecord) // an object stays one
  const strict = validator(document, false)
  const lenient = validator(document, true)
  return {
    basePath,
    operations: operationsOf(document),
    webhooks: webhooksOf(document),
    check: {
      json: (schema, value) => strict(schema, value),
      text: (schema, values) => {
        const one = lenient(schema, values[0])
        return one.length === 0 && values.length === 1 ? one : lenient(schema, [...values])
      },
    },
  }
}

function validator(document: JsonRecord, coerceTypes: boolean): (schema: Json, value: unknown) => readonly string[] {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    allErrors: true,
    logger: false,
    coerceTypes: coerceTypes ? 'array' : false,
  })
  addFormats.default(ajv)
  ajv.addSchema({ ...document, $id: 'vendor' })
  const compiled = new Map<Json, ReturnType<typeof ajv.compile>>()
  return (schema, value) => {
    const check = compiled.get(schema) ?? ajv.compile(rooted(schema) as object)
    compiled.set(schema, check)
    return check({ value }) ? [] : wordsOf(check.errors ?? [])
  }
}

/** References start at the document; and coercion works on members only, so the value is one. */
function rooted(schema: Json): Json {
  const absolute = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(absolute)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        key === '$ref' && typeof each === 'string' ? `vendor${each}` : absolute(each),
      ]),
    )
  }
  return { type: 'object', properties: { value: absolute(schema) } }
}

function wordsOf(errors: readonly ErrorObject[]): readonly string[] {
  return errors.map(({ instancePath, keyword, message, params }) => {
    const path = instancePath.replace(/^\/value/, '').replace(/\/\d+(?=\/|$)/g, '/*')
    if (keyword === 'unevaluatedProperties' || keyword === 'additionalProperties') {
      const name = String(params['unevaluatedProperty'] ?? params['additionalProperty'])
      return `${path}/${name} is not described`
    }
    if (keyword === 'enum') return `${path} must be one of the described words`
    return `${path} ${message ?? keyword}`
  })
}

function webhooksOf(document: JsonRecord): ReadonlyMap<string, Json> {
  const paths = (document['webhooks'] ?? {}) as JsonRecord
  const described = operationsOf({ ...document, paths })
  return new Map(
    described.flatMap(({ name, body }) => (body?.json === undefined ? [] : [[name.replace(/^\w+ /, ''), body.json]])),
  )
}
