package delivery

import "errors"

// ErrMemfd means that the kernel gives us no file in memory.
var ErrMemfd = errors.New("the kernel gives no file in memory (memfd_create)")
