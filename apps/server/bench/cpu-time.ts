import { readdirSync, readFileSync } from 'node:fs'

/** Ticks in which Linux counts a process's time, per second. */
const perSecond = 100

interface ProcessTime {
  readonly parent: number
  /** Seconds of processor time of the process, its ended children included. */
  readonly seconds: number
}

/** Seconds of processor time that a process and its children have used; `undefined` where the system does not say. */
export function cpuTime(pid: number): number | undefined {
  const own = timeOf(pid)
  if (!own) return undefined
  const children = readdirSync('/proc').flatMap((name) => {
    const child = /^\d+$/.test(name) ? timeOf(Number(name)) : undefined
    return child?.parent === pid ? [child.seconds] : []
  })
  return children.reduce((sum, seconds) => sum + seconds, own.seconds)
}

function timeOf(pid: number): ProcessTime | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined // it has ended, or this is not Linux
  }
  // The name in brackets may hold spaces, so what follows it is counted.
  const [, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = rest.slice(9, 13).reduce((sum, part) => sum + Number(part), 0)
  return { parent: Number(parent), seconds: ticks / perSecond }
}
