import type * as z from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { problems } from '../problem.ts'
import type { Route } from './route.ts'
import { problem } from './schemas.ts'

/** OpenAPI 3.1, made of the same list the router is made of. Paths are below `/api/v1`. */
export function openApiDocument(routes: readonly Route[], publicUrl?: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route)
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Stayward',
      version: '1',
      description: 'Bookings and what was done about their doors. PINs are masked unless the key may see them.',
    },
    servers: [{ url: `${publicUrl ?? ''}/api/v1` }],
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key: `sw_…`' } },
    },
    paths,
  })
}

function operationOf({
  id,
  summary,
  params,
  query,
  body,
  answer,
  refuses = [],
  media,
}: Route): ZodOpenApiOperationObject {
  const refusals = [
    ...(params || query || body ? [400] : []),
    401,
    ...(params ? [404] : []),
    ...refuses,
    429,
    ...(body ? [413, 415] : []),
    500,
    503,
  ]
  return {
    operationId: id,
    summary,
    requestParams: { ...(params ? { path: params } : {}), ...(query ? { query } : {}) },
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      '200': {
        description: 'OK',
        content: media
          ? { [media]: { schema: { type: 'string', format: 'binary' } } }
          : { 'application/json': { schema: answer } },
      },
      ...Object.fromEntries(refusals.map((status) => [String(status), refusalOf(status)])),
    },
  }
}

function refusalOf(status: number) {
  const codes = Object.entries(problems).filter(([, [own]]) => own === status)
  const description = codes.map(([code, [, title]]) => `${code}: ${title}`).join(' ')
  return { description, content: { 'application/problem+json': { schema: problem as z.ZodType } } }
}
