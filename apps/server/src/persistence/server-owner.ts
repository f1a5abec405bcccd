import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isAlive, isCode } from './start-lock.ts'

/** Which process stops the server at its end. A file beside the data says so, because that process may be killed. */
export interface ServerOwner {
  isUs(): boolean
  /** False when it ended without stopping the server. */
  lives(): boolean
  takeOver(): void
}

export function ownerOf(path: string): ServerOwner {
  const pid = (): number => {
    try {
      return Number(readFileSync(path, 'utf8'))
    } catch (error) {
      if (isCode(error, 'ENOENT')) return 0
      throw error
    }
  }
  return {
    isUs: () => pid() === process.pid,
    lives: () => {
      const owner = pid()
      return owner > 0 && isAlive(owner)
    },
    takeOver: () => {
      const aside = `${path}.${process.pid}`
      writeFileSync(aside, String(process.pid), { mode: 0o600 })
      renameSync(aside, path)
    },
  }
}
