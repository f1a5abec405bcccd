/** The process dies here: nothing of what the look still meant to do happens. */
export class Crash extends Error {
  override name = 'Crash'
}

/** Called before and after every call that leaves the engine: `before lock.put`, `after store.saveStay`. */
export type Tap = (site: string) => Promise<void>

type Calls = Record<string, unknown>
export type Bend = (next: (...args: unknown[]) => Promise<unknown>, args: unknown[]) => Promise<unknown>

/**
 * `target` with a tap around each of its methods. `bends` replace single calls by name, `lock.writeCode`: the harness's
 * way to let a vendor answer what no vendor of ours would.
 */
export function tapped<Target extends object>(
  target: Target,
  name: string,
  tap: Tap,
  bends: ReadonlyMap<string, Bend> = new Map(),
): Target {
  return new Proxy(target, {
    get: (_, property) => {
      const value = (target as Calls)[String(property)] // a look-up by name: what is no method is handed on as it is
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        const site = `${name}.${String(property)}`
        await tap(`before ${site}`)
        const next = async (...given: unknown[]): Promise<unknown> => value.apply(target, given)
        const bend = bends.get(site)
        const answer = await (bend ? bend(next, args) : next(...args))
        await tap(`after ${site}`)
        return answer
      }
    },
  })
}

/** Lets looks that run side by side take their steps one at a time, in an order that the seed decides. */
export class Turns {
  readonly #parked: (() => void)[] = []
  readonly #random: () => number
  #active = 0
  #quiet: () => void = () => {}

  constructor(random: () => number) {
    this.#random = random
  }

  readonly tap: Tap = () =>
    new Promise((resume) => {
      this.#parked.push(resume)
      this.#rest()
    })

  async all(looks: readonly (() => Promise<void>)[]): Promise<void> {
    const ends = looks.map(async (look) => {
      await this.tap('start')
      try {
        await look()
      } finally {
        this.#rest()
      }
    })
    this.#active = 0
    while (this.#parked.length > 0) {
      const [next] = this.#parked.splice(Math.floor(this.#random() * this.#parked.length), 1)
      const quiet = new Promise<void>((resolve) => {
        this.#quiet = resolve
      })
      this.#active = 1
      next?.()
      await quiet
    }
    await Promise.all(ends)
  }

  #rest(): void {
    this.#active -= 1
    if (this.#active === 0) this.#quiet()
  }
}
