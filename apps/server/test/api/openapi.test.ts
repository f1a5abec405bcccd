import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { openApiDocument } from '../../src/api/openapi.ts'
import { problems } from '../../src/problem.ts'
import { apiRoutes } from '../../src/api/routes.ts'
import { memoryBrakeDesk } from './memory-brake-desk.ts'
import { memoryCodeDesk } from './memory-code-desk.ts'
import { memoryDoorDesk } from './memory-door-desk.ts'
import { memoryQrDesk } from './memory-qr-desk.ts'
import { memoryRestoreDesk } from './memory-restore-desk.ts'
import { memoryReadModel, stay } from './memory-read-model.ts'

const routes = apiRoutes({
  model: memoryReadModel(() => ''),
  deliveries: { list: async () => ({ items: [] }), line: async () => undefined, open: async () => undefined },
  replay: async () => ({ deliveries: 0, keys: 0 }),
  brake: memoryBrakeDesk(() => ''),
  codes: memoryCodeDesk(() => ''),
  doors: memoryDoorDesk(() => ''),
  qr: memoryQrDesk(() => ''),
  restore: memoryRestoreDesk(() => ''),
  preview: async () => [],
})
// As it is served: without what JSON leaves out.
const document: unknown = JSON.parse(JSON.stringify(openApiDocument(routes, 'https://stay.example.com')))

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  parameters: z
    .array(z.looseObject({ in: z.enum(['path', 'query']), name: z.string(), schema: z.looseObject({}) }))
    .default([]),
  responses: z.record(z.string().regex(/^\d{3}$/), z.looseObject({ description: z.string().min(1) })),
})
const read = z
  .looseObject({
    openapi: z.string().regex(/^3\.1\.\d$/),
    info: z.looseObject({ title: z.string(), version: z.string() }),
    servers: z.array(z.object({ url: z.literal('https://stay.example.com/api/v1') })),
    paths: z.record(z.string().startsWith('/'), z.record(z.string(), operation)),
    components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})), securitySchemes: z.looseObject({}) }),
  })
  .parse(document)

it('holds every route, with its parameters and its refusals', () => {
  const documented = Object.entries(read.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(documented.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted())
  for (const { method, path, params, query } of routes) {
    const own = read.paths[path]?.[method]
    const named = (where: string) =>
      own?.parameters
        .filter((one) => one.in === where)
        .map(({ name }) => name)
        .toSorted()
    expect(named('path')).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    expect(named('path')).toEqual(Object.keys(params?.shape ?? {}).toSorted())
    expect(named('query')).toEqual(Object.keys(query?.shape ?? {}).toSorted())
    expect(Object.keys(own?.responses ?? {})).toEqual(expect.arrayContaining(['200', '401', '500']))
  }
  const ids = routes.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

it('refers to nothing that is not there', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '')
  expect(refs.length).toBeGreaterThan(10)
  for (const ref of new Set(refs)) {
    const target = ref
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document)
    expect(target, ref).toBeDefined()
  }
})

it('describes what the API really answers', () => {
  const ajv = new Ajv2020({ strict: false })
  ajv.addSchema({ $id: 'api', components: read.components })
  const detail = ajv.compile({ $ref: 'api#/components/schemas/BookingDetail' })
  expect(detail(stay), JSON.stringify(detail.errors)).toBe(true)
  expect(detail({ ...stay, state: 'lost' })).toBe(false)
  const problem = ajv.compile({ $ref: 'api#/components/schemas/Problem' })
  for (const [code, [status, title]] of Object.entries(problems))
    expect(problem({ type: `/problems/${code}`, title, status, code })).toBe(true)
})
