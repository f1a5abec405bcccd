import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'

const refreshEvery = 1000
const staleAfter = 10_000
const patience = 120_000

/**
 * Runs `task` while holding the lock file, so that two first starts in one directory do not both create a cluster. The
 * holder touches the file every second: a file that nobody touches, or whose process is gone, is taken over.
 */
export async function withStartLock<T>(path: string, task: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patience
  while (!take(path)) {
    if (performance.now() > deadline) {
      throw new Error(
        `Another process has been starting the database for ${patience / 1000} s and still holds ${path}. ` +
          'Stop that process, or remove the file if there is none, and start again.',
      )
    }
    await sleep(50)
  }
  const refresh = setInterval(() => {
    touch(path)
  }, refreshEvery)
  try {
    return await task()
  } finally {
    clearInterval(refresh)
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
  const holder = heldBy(path)
  // A file without a pid was created a moment ago and is about to be written.
  if (holder && (holder.untouched > staleAfter || (holder.pid > 0 && !isAlive(holder.pid)))) discard(path, holder.pid)
  return false
}

function heldBy(path: string): { pid: number; untouched: number } | undefined {
  try {
    return { pid: Number(readFileSync(path, 'utf8')), untouched: Date.now() - statSync(path).mtimeMs }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Moves the file away before removing it: of two that saw it stale only one gets it, and a fresh one is put back. */
function discard(path: string, seen: number): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
    if (Number(readFileSync(aside, 'utf8')) === seen) rmSync(aside)
    else renameSync(aside, path)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
}

function touch(path: string): void {
  const now = new Date()
  try {
    utimesSync(path, now, now)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error // somebody took it over; PostgreSQL's own lock still keeps the data whole
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM') // it lives and belongs to somebody else
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
