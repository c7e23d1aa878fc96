/** Takes the place of `dockerode`. */
export default class {
  constructor() {
    throw new Error('a test tried to start a container')
  }
}
