package airflowcfg

import "strings"

const (
	homeVariable   = "AIRFLOW_HOME"
	configVariable = "AIRFLOW_CONFIG"
	fileName       = "airflow.cfg"
)

// discover is the path that Airflow's core opens. A variable counts when it
// exists, empty or not: an empty AIRFLOW_CONFIG switches the file off, an empty
// AIRFLOW_HOME is the working directory. Paths are joined as Python does, which
// neither cleans nor makes them absolute.
func discover(x expander) (string, error) {
	if path, ok := x.env(configVariable); ok {
		return expandVariable(x, configVariable, path)
	}
	home, ok := x.env(homeVariable)
	if !ok {
		home = "~/airflow"
	}
	home, err := expandVariable(x, homeVariable, home)
	if err != nil {
		return "", err
	}
	if home == "" || strings.HasSuffix(home, "/") {
		return home + fileName, nil
	}
	return home + "/" + fileName, nil
}

// expandVariable expands the value of a variable, naming it when that does not
// end.
func expandVariable(x expander, variable, value string) (string, error) {
	text, ok := x.expand(value)
	if !ok {
		return "", &Error{Kind: KindExpansion, Variable: variable, Message: endless}
	}
	return text, nil
}
