/** Thrown by `bring` once everything is being stopped: there is nothing to go on for. */
export class Stopped extends Error {
  override name = 'Stopped'
}

interface Stoppable {
  stop(): Promise<void>
}

/** What a start has brought up so far. It is taken down in reverse order and once, also when told so half way. */
export interface Started {
  /** Starts one more part. */
  bring<Part extends Stoppable>(start: () => Promise<Part>): Promise<Part>
  /** Waits for the part that is being started, then stops them all. Every call waits for the same stop. */
  stop(): Promise<void>
  readonly stopping: boolean
}

export function createStarted(): Started {
  const parts: Stoppable[] = []
  let starting: Promise<unknown> = Promise.resolve()
  let stopped: Promise<void> | undefined
  const stopAll = async () => {
    await starting
    for (const part of parts.toReversed()) await part.stop()
  }
  return {
    get stopping() {
      return stopped !== undefined
    },
    bring: async (start) => {
      if (stopped) throw new Stopped()
      const part = start().then((one) => {
        parts.push(one)
        return one
      })
      starting = part.catch(() => undefined) // whoever started it hears of it
      const one = await part
      if (stopped) throw new Stopped()
      return one
    },
    stop: () => (stopped ??= stopAll()),
  }
}
