package bounded

// counter counts the values of JSON as it is read, without decoding it. Of what is no JSON it
// counts too much or too little, and nothing decodes that.
type counter struct {
	total    int
	rows     [maxDepth]int // of each list and object that is open
	depth    int
	inString bool
	escaped  bool
}

// count goes over the next bytes, and reports whether they are within the bounds.
func (c *counter) count(p []byte) bool {
	for _, b := range p {
		switch {
		case c.escaped:
			c.escaped = false
		case c.inString:
			c.escaped, c.inString = b == '\\', b != '"'
		case b == '"':
			c.inString = true
		case b == '[' || b == '{':
			if c.depth++; c.depth == maxDepth {
				return false
			}
			c.rows[c.depth] = 0
			c.total++
		case b == ']' || b == '}':
			c.depth = max(c.depth-1, 0)
		case b == ',':
			c.rows[c.depth]++
			c.total++
		}
		if c.total > maxValues || c.rows[c.depth] >= maxRows {
			return false
		}
	}
	return true
}
