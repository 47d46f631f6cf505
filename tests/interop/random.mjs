// Numbers that follow from a seed (xorshift32).
// SPDX-License-Identifier: MIT

export class Random {
  constructor(seed) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bf03635) >>> 0 || 1;
  }

  next() {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.state = x >>> 0);
  }

  below(n) {
    return this.next() % n;
  }

  between(least, most) {
    return least + this.below(most - least + 1);
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  text(alphabet, least, most) {
    const letters = [...alphabet];
    return Array.from({ length: this.between(least, most) }, () => this.pick(letters)).join("");
  }

  bytes(n) {
    const bytes = Buffer.alloc(n);
    for (let i = 0; i < n; i += 1) bytes[i] = this.next();
    return bytes;
  }
}
