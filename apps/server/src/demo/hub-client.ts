import { setTimeout as sleep } from 'node:timers/promises'
import type { Evidence } from '@stayward/core'

/** What the story reads of a booking at `/api/v1/bookings/:id`. */
export interface SeenBooking {
  readonly id: string
  readonly state: string
  readonly unit?: { readonly name: string }
  readonly codes: readonly {
    readonly doors: readonly string[]
    readonly want: 'present' | 'absent'
    readonly evidence: Evidence
    readonly goneAt?: string
  }[]
  readonly messages: readonly {
    readonly channel: string
    readonly kind: string
    readonly state: string
    readonly delivery?: string
  }[]
  readonly timeline: readonly {
    readonly at: string
    readonly kind: string
    readonly text: string
    readonly remedy?: string
  }[]
}

/** The hub as any client of its API sees it. */
export interface HubClient {
  booking(ref: string): Promise<SeenBooking | undefined>
  /** True once every stay of this connection has been read; until then `undefined`. */
  hasRead(connection: string): Promise<true | undefined>
}

export function hubClient(hub: string, apiKey: string): HubClient {
  const get = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(`${hub}/api/v1${path}`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new Error(`the hub answered ${response.status} to ${path}`)
    return (await response.json()) as Answer // the hub's own API, whose document is tested
  }
  const ids = new Map<string, string>()
  const idOf = async (ref: string): Promise<string | undefined> => {
    const known = ids.get(ref)
    if (known !== undefined) return known
    const { items } = await get<{ items: { id: string }[] }>(`/bookings?ref=${ref}`)
    const [line] = items
    if (line) ids.set(ref, line.id)
    return line?.id
  }
  return {
    hasRead: async (connection) => {
      const { items } = await get<{ items: { name: string; sweptAt?: string }[] }>('/connections')
      return items.some(({ name, sweptAt }) => name === connection && sweptAt !== undefined) ? true : undefined
    },
    booking: async (ref) => {
      const id = await idOf(ref)
      return id === undefined ? undefined : await get<SeenBooking>(`/bookings/${id}`)
    },
  }
}

/** Milliseconds between two questions in the end: a slow effect must not use up what the API lets one client ask. */
const slowest = 500

/** Asks until there is an answer. Throws with `what` and the newest state when there is none in time. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  patience = 60_000,
): Promise<Answer> {
  const deadline = Date.now() + patience
  let pause = 50
  let trouble: unknown
  while (Date.now() < deadline) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
      trouble = undefined
    } catch (error) {
      trouble = error
    }
    await sleep(pause)
    pause = Math.min(pause * 1.25, slowest)
  }
  throw new Error(`not within ${patience / 1000} s: ${what}`, { cause: trouble })
}
