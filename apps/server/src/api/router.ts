import { Router } from 'express'
import type { Request } from 'express'
import * as z from 'zod'
import type { ApiKeys } from '../auth/api-keys.ts'
import { callerOf, requireKey } from '../auth/require-key.ts'
import { openApiDocument } from './openapi.ts'
import { Problem } from '../problem.ts'
import type { Route } from './route.ts'

export interface ApiOptions {
  readonly routes: readonly Route[]
  readonly keys: Pick<ApiKeys, 'verify'>
  readonly publicUrl?: string
}

/** The read API, without its prefix. Its description is open; everything else needs a key. */
export function apiRouter({ routes, keys, publicUrl }: ApiOptions): Router {
  const router = Router({ caseSensitive: true })
  const document = openApiDocument(routes, publicUrl)
  router.get('/openapi.json', (_req, res) => {
    res.json(document)
  })
  router.use(requireKey(keys))
  for (const route of routes) {
    router[route.method](expressPath(route.path), async (req, res) => {
      const given = {
        caller: callerOf(req),
        params: parse(route.params, req.params, 'path'),
        query: parse(route.query, req.query, 'query'),
        body: parse(route.body, req.body, 'body'),
      }
      const answer = await route.handle(given)
      res.set('cache-control', 'no-store')
      if (route.media && 'bytes' in answer && answer.bytes instanceof Uint8Array)
        res.type(route.media).send(Buffer.from(answer.bytes))
      else res.json(answer)
    })
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase())
    router.all(expressPath(path), (_req, res) => {
      res.set('allow', allowed.join(', '))
      throw new Problem('method-not-allowed', { detail: `It takes ${allowed.join(' and ')}.` })
    })
  }
  return router
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

function parse(schema: z.ZodObject | undefined, value: Request['body'], where: 'path' | 'query' | 'body'): unknown {
  if (!schema) return {}
  // Names that mean nothing are mistakes worth hearing about: ?arrival=… would otherwise list everything.
  const read = z.strictObject(schema.shape).safeParse(value ?? {})
  if (read.success) return read.data
  const errors = read.error.issues.map(({ path, message }) => ({ at: [where, ...path].join('.'), problem: message }))
  throw new Problem('invalid-request', { detail: 'See "errors" for what is wrong where.', errors })
}
