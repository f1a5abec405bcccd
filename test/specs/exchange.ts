/** One request of an adapter and its fake's answer, as text. */
export interface Exchange {
  readonly method: string
  readonly url: string
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
  readonly answerType?: string
  readonly answer?: string
}

/** Where a recording test run leaves its exchanges: a folder with one file of JSON lines per test file. */
export const recordingFolder = 'STAYWARD_RECORD_EXCHANGES'
