import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoVendors } from '../src/demo/vendors.ts'

/** Paths of the webhook addresses, the same at every hub. */
export type Paths = Readonly<Record<'smoobu' | 'smsFactor', string>>

export interface Post {
  /** SHA-256 of every body that a hub has acknowledged. */
  readonly acknowledged: ReadonlySet<string>
  readonly counts: { acknowledged: number; refused: number; lostAnswers: number; tries: number }
  /** Webhooks that no hub has acknowledged yet. */
  waiting(): number
  stop(): void
}

export interface PostOptions {
  readonly vendors: DemoVendors
  readonly paths: Paths
  /** Hubs that take webhooks. Any of them may be dead just now. */
  readonly hubs: readonly string[]
  readonly random: () => number
  /** Of all deliveries, how many are sent without waiting for the answer, and then again. */
  readonly unheard: number
}

/** Carries the vendors' webhooks to whichever hub answers, again and again until one has said 2xx. */
export function startPost({ vendors, paths, hubs, random, unheard }: PostOptions): Post {
  const acknowledged = new Set<string>()
  const counts = { acknowledged: 0, refused: 0, lostAnswers: 0, tries: 0 }
  let waiting = 0
  let stopped = false
  const carry = async (vendor: keyof Paths, headers: Readonly<Record<string, string>>, body: string) => {
    waiting++
    let pause = 100
    for (let hub = Math.floor(random() * hubs.length); !stopped; hub++) {
      counts.tries++
      const deaf = random() < unheard
      const status = await tryOnce(`${hubs[hub % hubs.length]}${paths[vendor]}`, headers, body, deaf ? 30 : 10_000)
      if (status >= 200 && status < 300) {
        counts.acknowledged++
        acknowledged.add(hash('sha256', body, 'hex'))
        break
      }
      if (deaf) counts.lostAnswers++
      if (status >= 400 && status < 500) counts.refused++
      await sleep(pause * (0.5 + random()))
      pause = Math.min(pause * 1.5, 2000)
    }
    waiting--
  }
  const timer = setInterval(() => {
    for (const vendor of ['smoobu', 'smsFactor'] as const)
      for (const { headers, body } of vendors[vendor].dueWebhooks()) void carry(vendor, headers, body)
  }, 20)
  return {
    acknowledged,
    counts,
    waiting: () => waiting,
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** The answer's status; 0 when none came. */
async function tryOnce(url: string, headers: Readonly<Record<string, string>>, body: string, patience: number) {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(patience) })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0 // dead, or the answer was lost: the webhook goes to another one
  }
}
