import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { packAll } from './pack.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of each published package's tarball, by name. */
    tarballs: Readonly<Record<string, string>>
  }
}

/** Packs the published packages once for all tests that install them. */
export default function setUp({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'stayward-packed-'))
  provide('tarballs', packAll(folder))
  return () => rmSync(folder, { recursive: true, force: true })
}
