package main

type matchSearchCmd struct{}
