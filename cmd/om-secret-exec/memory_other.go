//go:build !linux

package main

import "syscall"

// protectMemory keeps values out of core dumps.
func protectMemory() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
