/** One line of the doctor's screen. `note` is worth knowing; `bad` needs a person. */
export interface Finding {
  readonly topic: string
  readonly state: 'ok' | 'note' | 'bad'
  readonly text: string
  readonly remedy?: string
  readonly tenant?: string
}

export const ok = (topic: string, text: string): Finding => ({ topic, state: 'ok', text })
export const note = (topic: string, text: string, remedy: string): Finding => ({ topic, state: 'note', text, remedy })
export const bad = (topic: string, text: string, remedy: string): Finding => ({ topic, state: 'bad', text, remedy })

/** `3 min`, `2 h`, `5 days`: how long a person would say that is. */
export function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} days`
}
