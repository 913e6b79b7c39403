package docstest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// alerts is a file of rules, as Prometheus reads it.
type alerts struct {
	Groups []struct {
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			For         string            `yaml:"for"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// dashboard is what matters here of a dashboard of Grafana.
type dashboard struct {
	Panels []struct {
		Title   string `json:"title"`
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
}

var (
	metricName = regexp.MustCompile(`takeover_[a-z_]+`)
	eventMatch = regexp.MustCompile(`event=~?"([^"]*)"`)
	quotedName = regexp.MustCompile(`"(takeover_[a-z_]+)"`)
	eventWords = regexp.MustCompile(`Event = "([^"]*)"`)
)

// TestAlertsAndDashboardAreOfTheProgram: each metric and each event that they ask for is there.
func TestAlertsAndDashboardAreOfTheProgram(t *testing.T) {
	var rules alerts
	if err := yaml.Unmarshal([]byte(read(t, "docs/alerts.yml")), &rules); err != nil {
		t.Fatal(err)
	}
	var board dashboard
	if err := json.Unmarshal([]byte(read(t, "docs/grafana.json")), &board); err != nil {
		t.Fatal(err)
	}
	asked := map[string]string{}
	for _, group := range rules.Groups {
		for _, r := range group.Rules {
			asked["alert "+r.Alert] = r.Expr
			if r.Annotations["summary"] == "" || r.Annotations["action"] == "" || !slices.Contains([]string{"page", "ticket"}, r.Labels["severity"]) {
				t.Errorf("alert %s does not say what happened, what to do and how urgent it is", r.Alert)
			}
		}
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			asked["panel "+p.Title] += " " + target.Expr
		}
	}
	metrics, events := found(quotedName, read(t, "cmd/bot/metrics.go")), found(eventWords, read(t, "takeover/audit.go"))
	if len(asked) < 10 || len(metrics) < 10 || len(events) < 30 {
		t.Fatalf("%d queries, %d metrics, %d events: this test looks at nothing", len(asked), len(metrics), len(events))
	}
	for what, expr := range asked {
		names := metricName.FindAllString(expr, -1)
		if len(names) == 0 {
			t.Errorf("%s asks for no metric of the bot", what)
		}
		for _, name := range names {
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				name = strings.TrimSuffix(name, suffix)
			}
			if !slices.Contains(metrics, name) {
				t.Errorf("%s asks for %s, which the bot does not have", what, name)
			}
		}
		for _, m := range found(eventMatch, expr) {
			for event := range strings.SplitSeq(m, "|") {
				if !slices.Contains(events, event) {
					t.Errorf("%s asks for the event %q, which the audit does not have", what, event)
				}
			}
		}
	}
}

// TestDeploymentsSetWhatThereIs: settings and commands of the unit and of the manifests for Kubernetes exist.
func TestDeploymentsSetWhatThereIs(t *testing.T) {
	settings := helpSettings(botHelp(t))
	unit, manifests := read(t, "deploy/takeover.service"), read(t, "deploy/kubernetes.yaml")
	set := append(found(regexp.MustCompile(`(?m)^Environment=(\w+)=`), unit), found(regexp.MustCompile(`\{name: ([A-Z_]+), value`), manifests)...)
	if len(set) != 3 {
		t.Errorf("found %q: this test looks at nothing", set)
	}
	for _, name := range set {
		if !slices.Contains(settings, name) {
			t.Errorf("%s is set, of which bot help knows nothing", name)
		}
	}
	kinds := []string{}
	for decoder := yaml.NewDecoder(strings.NewReader(manifests)); ; {
		var object struct {
			Kind string `yaml:"kind"`
		}
		if decoder.Decode(&object) != nil {
			break
		}
		kinds = append(kinds, object.Kind)
	}
	if !slices.Equal(kinds, []string{"Deployment", "PodDisruptionBudget", "Service"}) {
		t.Errorf("the manifests are %q", kinds)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if !strings.Contains(manifests, "path: "+path) || !strings.Contains(read(t, "docs/operating.md"), path) {
			t.Errorf("%s is not probed, or not documented", path)
		}
	}
}

// found are the first groups of all matches.
func found(pattern *regexp.Regexp, text string) (all []string) {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}
