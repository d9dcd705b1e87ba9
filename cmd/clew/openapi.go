package main

import (
	"fmt"

	"clew/internal/api"
)

type openapiCmd struct{}

// Run writes the API's description to the standard output.
func (openapiCmd) Run(io streams) error {
	text, err := api.Description()
	if err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	_, err = io.out.Write(text)
	return err
}
