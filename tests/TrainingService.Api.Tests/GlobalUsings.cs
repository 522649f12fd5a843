global using System.Net;
global using System.Text.Json;
global using System.Text.Json.Nodes;
global using TrainingService.Contracts.Events;
global using TrainingService.Contracts.Jobs;
global using TrainingService.Contracts.Json;
