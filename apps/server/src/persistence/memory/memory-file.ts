import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Instant, millisecondsOf, parseInstant } from '@stayward/core'
import * as z from 'zod'
import { isCode } from '../start-lock.ts'
import type { Remembered } from './judge-memory.ts'

const entry = z.object({
  epoch: z.int(),
  counter: z.int(),
  at: z.string().transform((text, context): Instant => {
    const at = parseInstant(text)
    if (at !== undefined) return at
    context.addIssue('not an instant')
    return z.NEVER
  }),
})
const shape = z.object({ inode: z.string(), databases: z.record(z.string(), entry) })

export interface FileReading {
  /** By the database's id: one data directory may have served several. */
  readonly databases: Readonly<Record<string, Remembered>>
  /** The file is not the one that a hub wrote: the data directory was copied, or put back from a backup. */
  readonly copied: boolean
}

/** A hub writes the file at once; one whose last change of place came so much later, milliseconds, was put there by others. */
const late = 10_000

/** What hubs of this data directory remember of their databases; `undefined` when there is no such file, or none to read. */
export async function readMemoryFile(path: string): Promise<FileReading | undefined> {
  let text: string
  let seen: { readonly ino: bigint; readonly ctimeMs: bigint }
  try {
    text = await readFile(path, 'utf8')
    seen = await stat(path, { bigint: true })
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
  const read = shape.safeParse(parsed(text))
  if (!read.success) return undefined
  const { inode, databases } = read.data
  const newest = Math.max(...Object.values(databases).map(({ at }) => millisecondsOf(at)))
  return { databases, copied: inode !== String(seen.ino) && Number(seen.ctimeMs) - newest > late }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // cut short or written over by somebody else: nothing that could be relied on
  }
}

/** Whole or not at all, and on the disk before this resolves. What is remembered of other databases stays. */
export async function writeMemoryFile(path: string, databaseId: string, remembered: Remembered): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const before = await readMemoryFile(path)
  const aside = `${path}.${process.pid}`
  const file = await open(aside, 'w', 0o600)
  try {
    const { ino } = await file.stat({ bigint: true })
    const databases = { ...before?.databases, [databaseId]: remembered }
    await file.writeFile(`${JSON.stringify({ inode: String(ino), databases })}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
}
