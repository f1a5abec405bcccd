import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RequestHandler } from 'express'
import { Problem } from '../problem.ts'

const folder = resolve(import.meta.dirname, '../../../../docs/problems')

/** Serves docs/problems, so that the `type` of a problem leads to its page. Read once. */
export function problemPages(from: string = folder): RequestHandler<{ code: string }> {
  const pages = new Map(
    readdirSync(from)
      .filter((file) => file.endsWith('.md'))
      .map((file) => [file.slice(0, -'.md'.length), readFileSync(join(from, file), 'utf8')]),
  )
  return (req, res) => {
    const page = pages.get(req.params.code)
    if (page === undefined) throw new Problem('not-found')
    res.type('text/markdown').send(page)
  }
}
