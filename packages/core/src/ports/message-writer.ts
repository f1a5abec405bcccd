import type { MessageKind, Told } from '../domain/message.ts'

export interface ToWrite {
  readonly kind: MessageKind
  /** The guest's language, lower case, when it is known. */
  readonly language?: string
  readonly guestName?: string
  readonly told: Told
  /** `plain`: no markup and few characters (SMS). `letter`: paragraphs and a subject (inbox, mail). */
  readonly form: 'plain' | 'letter'
}

/** Turns facts into words: the tenant's templates, in the guest's language. Pure: equal input, equal text. */
export interface MessageWriter {
  write(message: ToWrite): {
    readonly subject: string
    readonly text: string
    readonly language: string
    /** What the text says, for templates (`TemplateContent`). Absent: this writer gives words only. */
    readonly values?: Readonly<Record<string, string>>
  }
}
