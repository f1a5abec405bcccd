import type { StayView, Alert } from '../ports/stores.ts'
import type { ClockDoubt } from '../ports/clock.ts'

/** What the hub does not do while nobody can say what time it is: a person has to set a clock right. */
export function clockAlert(subject: string, doubt: ClockDoubt | undefined, held: string): Alert[] {
  if (!doubt) return []
  return [
    {
      ...clockSubject(subject),
      text: `The clocks of the hub and of its database are ${apart(doubt)} apart, or were until just now. ${held}`,
      remedy: 'Set both machines right by a time service (NTP). The hub then goes on by itself: stayward doctor',
      loud: 'page',
    },
  ]
}

export const clockSubject = (subject: string) => ({ kind: 'clock' as const, subject })
export const endingsOf = ({ booking }: StayView) => `booking:${booking.id}:end`
export const messagesOf = ({ booking }: StayView) => `booking:${booking.id}:messages`

function apart({ ahead }: ClockDoubt): string {
  const seconds = Math.round(Math.abs(ahead) / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
