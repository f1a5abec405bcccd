import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { packAll, root } from './pack.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of each published package's tarball, by name. */
    tarballs: Readonly<Record<string, string>>
  }
}

/** Packs the published packages once for all tests that install them. */
export default function setUp({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'stayward-packed-'))
  // As an earlier build leaves it when its source is gone: it must not be published.
  const dist = join(root, 'packages/core/dist/domain')
  mkdirSync(dist, { recursive: true })
  writeFileSync(join(dist, 'left-over.js'), 'export {}\n')
  provide('tarballs', packAll(folder))
  return () => rmSync(folder, { recursive: true, force: true })
}
