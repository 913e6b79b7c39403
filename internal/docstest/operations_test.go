package docstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"reflect"
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
	for _, path := range []string{"/healthz", "/readyz"} {
		if !strings.Contains(manifests, "path: "+path) || !strings.Contains(read(t, "docs/operating.md"), path) {
			t.Errorf("%s is not probed, or not documented", path)
		}
	}
}

// object is what matters here of an object of Kubernetes.
type object struct {
	Kind string `yaml:"kind"`
	Spec struct {
		Replicas     int            `yaml:"replicas"`
		MinAvailable int            `yaml:"minAvailable"`
		Selector     map[string]any `yaml:"selector"`
		Ports        []struct {
			TargetPort string `yaml:"targetPort"`
		} `yaml:"ports"`
		Template struct {
			Metadata struct {
				Labels map[string]any `yaml:"labels"`
			} `yaml:"metadata"`
			Spec struct {
				Grace      int         `yaml:"terminationGracePeriodSeconds"`
				Containers []container `yaml:"containers"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

type container struct {
	Args  []string `yaml:"args"`
	Ports []struct {
		Name          string `yaml:"name"`
		ContainerPort int    `yaml:"containerPort"`
	} `yaml:"ports"`
	Env []struct {
		Name  string `yaml:"name"`
		Value string `yaml:"value"`
	} `yaml:"env"`
	Liveness  probe `yaml:"livenessProbe"`
	Readiness probe `yaml:"readinessProbe"`
}

type probe struct {
	HTTPGet struct {
		Path string `yaml:"path"`
		Port string `yaml:"port"`
	} `yaml:"httpGet"`
}

// TestKubernetesKeepsOneReplica: two replicas, of which the disruption budget keeps one, with probes that
// ask the ports where the bot answers.
func TestKubernetesKeepsOneReplica(t *testing.T) {
	all := map[string]object{}
	for decoder := yaml.NewDecoder(strings.NewReader(read(t, "deploy/kubernetes.yaml"))); ; {
		var o object
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[o.Kind] = o
	}
	bots, budget, service := all["Deployment"].Spec, all["PodDisruptionBudget"].Spec, all["Service"].Spec
	if len(all) != 3 || len(bots.Template.Spec.Containers) != 1 || len(service.Ports) != 1 {
		t.Fatalf("the manifests are %+v", all)
	}
	if bots.Replicas != 2 || budget.MinAvailable != 1 {
		t.Errorf("%d replicas, of which %d stay", bots.Replicas, budget.MinAvailable)
	}
	labels := bots.Template.Metadata.Labels
	for what, selects := range map[string]any{"Deployment": bots.Selector["matchLabels"], "PodDisruptionBudget": budget.Selector["matchLabels"], "Service": service.Selector} {
		if len(labels) == 0 || !reflect.DeepEqual(selects, labels) {
			t.Errorf("the %s selects %v, the pods are %v", what, selects, labels)
		}
	}
	bot := bots.Template.Spec.Containers[0]
	listens := map[string]string{}
	for _, e := range bot.Env {
		listens[e.Value] = e.Name
	}
	ports := map[string]string{} // which setting makes the bot listen there
	for _, p := range bot.Ports {
		ports[p.Name] = listens[fmt.Sprintf(":%d", p.ContainerPort)]
	}
	if ports[service.Ports[0].TargetPort] != "LISTEN_ADDR" {
		t.Errorf("the Service sends requests to %q, the ports are %v", service.Ports[0].TargetPort, ports)
	}
	for path, p := range map[string]probe{"/healthz": bot.Liveness, "/readyz": bot.Readiness} {
		if p.HTTPGet.Path != path || ports[p.HTTPGet.Port] != "METRICS_ADDR" {
			t.Errorf("a probe asks %+v, want %s where METRICS_ADDR is; the ports are %v", p.HTTPGet, path, ports)
		}
	}
	if !slices.Equal(bot.Args, []string{"serve"}) || bots.Template.Spec.Grace < 45 {
		t.Errorf("the pods run %q, with %d s to stop in", bot.Args, bots.Template.Spec.Grace)
	}
}

// TestAlertsAreRules: where promtool is installed it reads the rules too. Go's tests get none, as its
// module is larger than the bot.
func TestAlertsAreRules(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Log("promtool is not installed: the rules' queries were not parsed")
		return
	}
	if out, err := exec.CommandContext(t.Context(), "promtool", "check", "rules", "--lint=all", "--lint-fatal", "../../docs/alerts.yml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// found are the first groups of all matches.
func found(pattern *regexp.Regexp, text string) (all []string) {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}
