/** What a person asked for does not fit the house. The message and the remedy are for that person. */
export class HouseProblem extends Error {
  override name = 'HouseProblem'
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}
