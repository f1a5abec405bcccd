import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Key and time, milliseconds that never jump, of a look's beginning. */
export interface Started {
  readonly key: string
  readonly at: number
}

/** A look that a kill cut short, and when another process began it again. */
export interface Orphan {
  readonly key: string
  readonly killedAt: number
  againAt?: number
}

export interface Crew {
  readonly started: readonly Started[]
  readonly orphans: readonly Orphan[]
  readonly kills: () => number
  /** Ends one of them as a power cut would, and puts another in its place at once. */
  killOne(): Promise<void>
  stop(): Promise<void>
}

interface Member {
  readonly child: ChildProcess
  readonly looking: Set<string>
  readonly ready: Promise<void>
}

/** Processes that look at keys (work-process.ts), and what they were seen to do. */
export async function startCrew(url: string, count: number): Promise<Crew> {
  const started: Started[] = []
  const orphans: Orphan[] = []
  let kills = 0
  const join = (): Member => {
    const script = `${import.meta.dirname}/work-process.ts`
    const child = spawn(process.execPath, ['--conditions=@stayward/source', script, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const looking = new Set<string>()
    const ready = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [what = '', key = ''] = line.split(' ')
      if (what === 'ready') return ready.resolve()
      if (what === 'end') return looking.delete(key)
      looking.add(key)
      const at = performance.now()
      started.push({ key, at })
      for (const orphan of orphans) if (orphan.key === key) orphan.againAt ??= at
    })
    return { child, looking, ready: ready.promise }
  }
  let members = Array.from({ length: count }, join)
  await Promise.all(members.map(({ ready }) => ready))
  return {
    started,
    orphans,
    kills: () => kills,
    async killOne() {
      const member = members[Math.floor(Math.random() * members.length)]
      if (!member) return
      const closed = once(member.child, 'close')
      member.child.kill('SIGKILL')
      kills++
      await closed // by then everything it has printed is read
      const killedAt = performance.now()
      for (const key of member.looking) orphans.push({ key, killedAt })
      members = [...members.filter((other) => other !== member), join()]
    },
    async stop() {
      await Promise.all(
        members.map(async ({ child }) => {
          const closed = once(child, 'close')
          child.kill('SIGKILL')
          await closed
        }),
      )
    },
  }
}
